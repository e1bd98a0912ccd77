/// The naive twin: the definitions as slow, obvious code, to compare with. Some are AWS's own, such
/// as those of filter patterns.
@NullMarked
package dev.flowbell.testing.twin;

import org.jspecify.annotations.NullMarked;
