/// Checks a deployment for faults that cause no error message, and gives the command that fixes
/// each.
@NullMarked
package dev.flowbell.doctor;

import org.jspecify.annotations.NullMarked;
