-- Once, by the administrator of the database, who chooses the password of wf_admin:
--   WF_ADMIN_PASSWORD=… psql --dbname finance --file database.sql

\getenv password WF_ADMIN_PASSWORD

-- The server may log the statements of other sessions, but not these: one has a password.
SET log_statement = 'none';
SET log_min_duration_statement = -1;
SET log_min_error_statement = 'panic';

-- Owns every object of the application. It has no login: wf_blue and wf_green act for it.
CREATE ROLE webfinance NOLOGIN;
GRANT CREATE ON SCHEMA public TO webfinance;

-- The login of the hooks: it creates those two roles, sets their passwords, locks them and ends their sessions.
CREATE ROLE wf_admin LOGIN CREATEROLE PASSWORD :'password';
GRANT webfinance TO wf_admin WITH ADMIN OPTION;
GRANT pg_signal_backend TO wf_admin;
