/// Small fakes that record what they are given, and fail on request.
@NullMarked
package dev.flowbell.testing.doubles;

import org.jspecify.annotations.NullMarked;
