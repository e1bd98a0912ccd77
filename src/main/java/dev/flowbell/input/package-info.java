/// Reads payloads in each of their forms, in bounded memory.
@NullMarked
package dev.flowbell.input;

import org.jspecify.annotations.NullMarked;
