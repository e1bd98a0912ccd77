/// Reads one flow log record: a text line in a flow log's format, or a JSON object.
@NullMarked
package dev.flowbell.record;

import org.jspecify.annotations.NullMarked;
