/// The command line.
@NullMarked
package dev.flowbell.cli;

import org.jspecify.annotations.NullMarked;
