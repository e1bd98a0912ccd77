/// The naive twin: the definitions as slow, obvious code, to compare with.
@NullMarked
package dev.flowbell.testing.twin;

import org.jspecify.annotations.NullMarked;
