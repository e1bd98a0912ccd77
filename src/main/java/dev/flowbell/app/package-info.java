/// Wires the stages together, for Lambda and for the command line.
@NullMarked
package dev.flowbell.app;

import org.jspecify.annotations.NullMarked;
