/// Processes ASCII text eight bytes at a time, for the readers of JSON and of records.
@NullMarked
package dev.flowbell.ascii;

import org.jspecify.annotations.NullMarked;
