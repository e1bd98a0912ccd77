/// Sums up what many records say of blocked traffic, and shows it: as text, as a page, as JSON and
/// as a table.
@NullMarked
package dev.flowbell.report;

import org.jspecify.annotations.NullMarked;
