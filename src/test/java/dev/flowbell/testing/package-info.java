/// What several packages' tests share, by kind; `Json` reads JSON for comparisons.
@NullMarked
package dev.flowbell.testing;

import org.jspecify.annotations.NullMarked;
