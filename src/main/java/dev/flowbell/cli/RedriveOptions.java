package dev.flowbell.cli;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/// The options of `redrive`, which fit together.
///
/// @param stackName `null` if payloads come from a queue whose stack is gone, or from files
/// @param queueUrl `null` if they come from a stack's queue, or from files
/// @param files empty if they come from a queue
/// @param saveFolder what keeps unreadable payloads that are dropped, `null` to drop none
record RedriveOptions(
    @Nullable String stackName,
    @Nullable String queueUrl,
    List<String> files,
    @Nullable String function,
    @Nullable String region,
    boolean isDryRun,
    @Nullable Path saveFolder,
    ParseResult parsed) {

  /// @throws ParameterException if they don't fit together
  static RedriveOptions of(ParseResult parsed) {
    String save = parsed.matchedOptionValue("--save", null);
    RedriveOptions options =
        new RedriveOptions(
            parsed.matchedPositionalValue(0, null),
            parsed.matchedOptionValue("--queue-url", null),
            parsed.matchedOptionValue("--from", List.of()),
            parsed.matchedOptionValue("--function", null),
            parsed.matchedOptionValue("--region", null),
            parsed.hasMatchedOption("--dry-run"),
            save == null ? null : Path.of(save),
            parsed);
    options.ensureFit();
    return options;
  }

  private void ensureFit() {
    boolean isFromFiles = !files.isEmpty();
    if (stackName == null && queueUrl == null && !isFromFiles) {
      throw refusal("expected STACK, --queue-url or --from");
    }
    if (queueUrl != null && (stackName != null || isFromFiles)) {
      throw refusal("--queue-url: expected neither STACK nor --from beside it");
    }
    if (queueUrl != null && function == null) {
      throw refusal("--queue-url: expected --function as well, or STACK instead");
    }
    if (parsed.hasMatchedOption("--drop-unreadable") != (saveFolder != null)) {
      throw refusal("expected --drop-unreadable and --save DIR together");
    }
    if (saveFolder != null && isFromFiles) {
      throw refusal("--drop-unreadable: expected a queue, got files");
    }
  }

  /// Returns whether all that is asked for is on this machine.
  boolean needsNoAws() {
    return isDryRun && !files.isEmpty() && stackName == null;
  }

  /// Returns the only function to invoke, `null` if files were given and no function.
  ///
  /// @param stackFunction the ARN of the stack's function, `null` if no stack is named
  /// @param queueUrl the queue that payloads come from, `null` for files
  /// @throws ParameterException if `--function` is none, or of another account or Region
  @Nullable RedriveTarget findTarget(
      @Nullable String stackFunction, @Nullable String queueUrl, @Nullable String region) {
    String named = function == null ? stackFunction : function;
    if (named == null) {
      return null;
    }
    try {
      RedriveTarget ofStack =
          stackFunction == null ? null : RedriveTarget.of(stackFunction, null, region);
      String account =
          ofStack != null
              ? ofStack.account()
              : queueUrl == null ? null : RedriveTarget.accountOf(queueUrl);
      return RedriveTarget.of(named, account, region);
    } catch (IllegalArgumentException e) {
      throw refusal(String.valueOf(e.getMessage()));
    }
  }

  private ParameterException refusal(String message) {
    return new ParameterException(parsed.commandSpec().commandLine(), message);
  }
}
