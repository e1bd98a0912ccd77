/// Lambda's event source mappings for a data stream and a queue, both in memory and in virtual
/// time.
@NullMarked
package dev.flowbell.testing.mapping;

import org.jspecify.annotations.NullMarked;
