/// Looks at ASCII text many bytes at a time: what is common to the readers of JSON and of records.
@NullMarked
package dev.flowbell.ascii;

import org.jspecify.annotations.NullMarked;
