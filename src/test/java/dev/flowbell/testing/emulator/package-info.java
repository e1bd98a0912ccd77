/// AWS emulators, the tools around them, and resources made in them.
@NullMarked
package dev.flowbell.testing.emulator;

import org.jspecify.annotations.NullMarked;
