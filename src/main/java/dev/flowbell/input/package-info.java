/// Unwraps what CloudWatch Logs delivers: base64, gzip and the JSON envelope, in bounded memory.
@NullMarked
package dev.flowbell.input;

import org.jspecify.annotations.NullMarked;
