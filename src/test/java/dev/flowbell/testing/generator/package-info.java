/// Makes payloads, records, summaries and the files in `events/`.
@NullMarked
package dev.flowbell.testing.generator;

import org.jspecify.annotations.NullMarked;
