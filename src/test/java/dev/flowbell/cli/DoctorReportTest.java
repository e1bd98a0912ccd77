package dev.flowbell.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.doctor.Finding;
import dev.flowbell.doctor.Verdict;
import dev.flowbell.testing.Json;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class DoctorReportTest {
  private static final DoctorReport REPORT =
      new DoctorReport(
          "flowbell",
          "eu-west-1",
          List.of(
              new Finding("stack", Verdict.OK, "flowbell is CREATE_COMPLETE", null, null),
              new Finding("log group", Verdict.WARNING, "for ever", "it costs", "aws logs put"),
              new Finding("failure queue", Verdict.PROBLEM, "2 wait \u001b[2J", "see log", null),
              new Finding("alarms", Verdict.SKIPPED, "not allowed to ask", "needs x:Y", null)));

  @Test
  void printText() {
    assertThat(printed(REPORT::printText))
        .isEqualTo(
            """
            Stack flowbell in eu-west-1

            OK        stack          flowbell is CREATE_COMPLETE
            WARNING   log group      for ever
                      why  it costs
                      mend aws logs put
            PROBLEM   failure queue  2 wait ?[2J
                      why  see log
            SKIPPED   alarms         not allowed to ask
                      why  needs x:Y

            1 well, 1 to look at, 1 broken, 1 not known
            """);
  }

  @Test
  void printJson() {
    assertThat(Json.parseObject(printed(REPORT::printJson)))
        .isEqualTo(
            Map.of(
                "stack",
                "flowbell",
                "region",
                "eu-west-1",
                "verdicts",
                Map.of("OK", 1L, "WARNING", 1L, "PROBLEM", 1L, "SKIPPED", 1L),
                "findings",
                List.of(
                    Map.of(
                        "check", "stack", "verdict", "OK", "seen", "flowbell is CREATE_COMPLETE"),
                    Map.of(
                        "check", "log group",
                        "verdict", "WARNING",
                        "seen", "for ever",
                        "why", "it costs",
                        "mend", "aws logs put"),
                    Map.of(
                        "check", "failure queue",
                        "verdict", "PROBLEM",
                        "seen", "2 wait \u001b[2J",
                        "why", "see log"),
                    Map.of(
                        "check", "alarms",
                        "verdict", "SKIPPED",
                        "seen", "not allowed to ask",
                        "why", "needs x:Y"))));
  }

  private static String printed(Consumer<PrintStream> print) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream stream = new PrintStream(out, false, StandardCharsets.UTF_8);
    print.accept(stream);
    stream.flush();
    return out.toString(StandardCharsets.UTF_8);
  }
}
