/// Wires the stages together for one payload, and delivers what they find, each part once.
@NullMarked
package dev.flowbell.pipeline;

import org.jspecify.annotations.NullMarked;
