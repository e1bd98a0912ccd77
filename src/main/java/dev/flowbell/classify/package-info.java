/// Finds the classes of records: rejects, strays, handshakes, masked sources.
@NullMarked
package dev.flowbell.classify;

import org.jspecify.annotations.NullMarked;
