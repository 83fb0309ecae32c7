/// What there is, for people who must answer for it: an [dev.credence.report.Inventory] made of the
/// statuses of all identities, and its forms. Pure: it is given what was read and the time.
@NullMarked
package dev.credence.report;

import org.jspecify.annotations.NullMarked;
