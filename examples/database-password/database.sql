-- Once, by the administrator of the database, who chooses the password of crm_admin:
--   CRM_ADMIN_PASSWORD=… psql --dbname crm --file database.sql

\getenv password CRM_ADMIN_PASSWORD

-- The server may log the statements of other sessions, but not these: one has a password.
SET log_statement = 'none';
SET log_min_duration_statement = -1;
SET log_min_error_statement = 'panic';

-- Owns every object of the application. It has no login: crm_blue and crm_green act for it.
CREATE ROLE crm NOLOGIN;
GRANT CREATE ON SCHEMA public TO crm;

-- The login of the hooks: it creates those two roles, sets their passwords and ends their sessions.
CREATE ROLE crm_admin LOGIN CREATEROLE PASSWORD :'password';
GRANT crm TO crm_admin WITH ADMIN OPTION;
GRANT pg_signal_backend TO crm_admin;

-- A server that logs statements would log passwords.
ALTER ROLE crm_admin SET log_statement = 'none';
ALTER ROLE crm_admin SET log_min_duration_statement = '-1';
ALTER ROLE crm_admin SET log_min_error_statement = 'panic';
