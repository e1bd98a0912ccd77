/// Checks what silently breaks between a VPC and the people on call, and says what mends it.
@NullMarked
package dev.flowbell.doctor;

import org.jspecify.annotations.NullMarked;
