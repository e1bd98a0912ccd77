package dev.flowbell.doctor;

import org.jspecify.annotations.Nullable;

/// A result of a check.
///
/// @param check the check's name
/// @param verdict the assessment
/// @param seen what the check saw
/// @param why the consequence; `null` if all is well
/// @param mend the command that fixes it, for a POSIX shell; `null` if there is none
public record Finding(
    String check, Verdict verdict, String seen, @Nullable String why, @Nullable String mend) {
  static Finding ok(String check, String seen) {
    return new Finding(check, Verdict.OK, seen, null, null);
  }

  static Finding warning(String check, String seen, String why, @Nullable String mend) {
    return new Finding(check, Verdict.WARNING, seen, why, mend);
  }

  static Finding problem(String check, String seen, String why, @Nullable String mend) {
    return new Finding(check, Verdict.PROBLEM, seen, why, mend);
  }

  static Finding skipped(String check, String seen, String why) {
    return new Finding(check, Verdict.SKIPPED, seen, why, null);
  }
}
