/// The function as a process, Lambda's runtime API, and other programs that tests run.
@NullMarked
package dev.flowbell.testing.process;

import org.jspecify.annotations.NullMarked;
