package dev.flowbell.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.testing.network.LoopbackAws;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class DoctorCommandTest {
  @Test
  void run_noSuchStack() throws IOException {
    try (LoopbackAws aws = LoopbackAws.start()) {
      aws.failSns(400, "ValidationError", "Stack with id flowbel does not exist");

      assertThat(CommandRun.of("doctor", "flowbel", "--region", "eu-north-1"))
          .isEqualTo(
              new CommandRun(
                  2,
                  "",
                  "flowbell: no stack flowbel in eu-north-1: expected the name of a stack there, or"
                      + " another --region\n"));
    }
  }

  @Test
  void run_mayNotAsk() throws IOException {
    try (LoopbackAws aws = LoopbackAws.start()) {
      aws.failSns(403, "ExpiredToken", "The security token included in the request is expired");

      assertThat(CommandRun.of("doctor", "flowbell"))
          .isEqualTo(
              new CommandRun(
                  2,
                  "",
                  "flowbell: ExpiredToken: The security token included in the request is"
                      + " expired\n"));
    }
  }
}
