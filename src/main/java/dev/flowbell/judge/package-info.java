/// Rules, and the alerts that they find in a payload's summary.
@NullMarked
package dev.flowbell.judge;

import org.jspecify.annotations.NullMarked;
