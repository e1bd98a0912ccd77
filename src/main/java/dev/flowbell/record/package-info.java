/// Reads flow log records: text lines in a flow log's format, or JSON objects.
@NullMarked
package dev.flowbell.record;

import org.jspecify.annotations.NullMarked;
