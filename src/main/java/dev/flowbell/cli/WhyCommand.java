package dev.flowbell.cli;

import dev.flowbell.aws.ClientErrors;
import dev.flowbell.ec2.BlockFinder;
import dev.flowbell.ec2.Blocker;
import dev.flowbell.ec2.Direction;
import dev.flowbell.ec2.Ec2Client;
import dev.flowbell.ec2.Ec2Exception;
import dev.flowbell.ec2.Passage;
import dev.flowbell.ec2.Protocol;
import dev.flowbell.ec2.Rejection;
import dev.flowbell.record.IpAddress;
import dev.flowbell.settings.Settings;
import java.io.InputStream;
import java.io.PrintStream;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.regions.Region;

/// `flowbell why`: says which security group or network ACL blocks a flow, step by step. It asks
/// EC2 with the user's credentials, and changes nothing.
///
/// Exit codes: 0 when it is blocked and explained; 1 when the rules of now let it pass; 2 when it
/// can't be known.
final class WhyCommand implements Command {
  private static final int ALLOWED = 1;
  private static final int NOT_KNOWN = 2;

  /// Each takes some calls of EC2, which throttles.
  private static final int MOST_FLOWS = 20;

  private static final int MOST_PORT = 65_535;
  private static final int MOST_PROTOCOL = 255;

  private final InputStream in;
  private final PrintStream out;
  private final PrintStream err;
  private final InstantSource clock = InstantSource.system();

  WhyCommand(InputStream in, PrintStream out, PrintStream err) {
    this.in = in;
    this.out = out;
    this.err = err;
  }

  @Override
  public String name() {
    return "why";
  }

  @Override
  public CommandSpec toSpec() {
    CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name(name());
    spec.mixinStandardHelpOptions(true);
    spec.usageMessage()
        .description(
            "Says which security group or network ACL blocks a flow, by asking EC2 for the rules"
                + " of now. Changes nothing.",
            "",
            "flowbell why INTERFACE ADDRESS [PORT] asks whether traffic from ADDRESS to PORT of the"
                + " interface would pass, and its answer; with --direction egress, traffic of the"
                + " interface to PORT of ADDRESS.",
            "flowbell why PATH... asks about the rejected flows of files, about those of which"
                + " notifications' JSON tells, or, with -, about those on standard input.")
        .footer(
            "",
            "Exit code 0: blocked and explained. 1: the rules let it pass. 2: it can't be known.",
            "What it can know and what not: docs/why.md");
    spec.addPositional(
        PositionalParamSpec.builder()
            .paramLabel("INTERFACE ADDRESS [PORT] | PATH")
            .arity("1..*")
            .required(true)
            .type(List.class)
            .auxiliaryTypes(String.class)
            .description(
                "A network interface, the address on the other side and a port; or files, or - for"
                    + " standard input.")
            .build());
    spec.addOption(
        OptionSpec.builder("--protocol")
            .paramLabel("PROTOCOL")
            .type(String.class)
            .description("tcp, udp, icmp or a number (tcp).")
            .build());
    spec.addOption(
        OptionSpec.builder("--direction")
            .paramLabel("ingress|egress")
            .type(Direction.class)
            .description("Into the interface (ingress, the default), or out of it.")
            .build());
    spec.addOption(
        OptionSpec.builder("--region")
            .paramLabel("REGION")
            .type(String.class)
            .description("The interface's Region (what AWS_REGION or your profile says).")
            .build());
    spec.addOption(
        OptionSpec.builder("--output")
            .paramLabel("text|json")
            .type(Output.class)
            .description("For people (text, the default), or for machines: one JSON object.")
            .build());
    SettingOptions.addTo(spec, List.of("--log-format", "--inside-networks"));
    return spec;
  }

  @Override
  public int run(ParseResult options) {
    List<String> words = options.matchedPositionalValue(0, List.of());
    String region = options.matchedOptionValue("--region", null);
    try (Ec2Client ec2 =
        region == null ? Ec2Client.create() : Ec2Client.create(Region.of(region))) {
      BlockFinder finder = new BlockFinder(ec2, clock, BlockFinder.USUAL_CACHE_AGE);
      return words.size() > 1 && words.getFirst().startsWith("eni-")
          ? ask(words, options, finder)
          : explain(words, options, finder);
    } catch (IllegalArgumentException | Ec2Exception e) {
      return fail(String.valueOf(e.getMessage()));
    } catch (SdkException e) { // no Region
      return fail(ClientErrors.messageOf(e));
    }
  }

  private int ask(List<String> words, ParseResult options, BlockFinder finder) {
    if (words.size() > 3) {
      throw new IllegalArgumentException(
          "expected INTERFACE ADDRESS [PORT], got one more: \"" + words.get(3) + "\"");
    }
    IpAddress remote = IpAddress.find(words.get(1));
    if (remote == null) {
      throw new IllegalArgumentException(
          "ADDRESS: expected an IP address, got \"" + words.get(1) + "\"");
    }
    int protocol = toProtocol(options.matchedOptionValue("--protocol", "tcp"), remote);
    int port = toPort(words.size() < 3 ? null : words.get(2), protocol);
    Passage passage =
        finder.findPassage(
            words.getFirst(),
            options.matchedOptionValue("--direction", Direction.INGRESS),
            protocol,
            remote,
            port);
    passage.failures().forEach(each -> err.println("flowbell: " + each.getMessage()));
    switch (options.matchedOptionValue("--output", Output.TEXT)) {
      case TEXT -> new WhyText(out, regionOf(options)).print(passage);
      case JSON -> WhyJson.print(passage, regionOf(options), out);
    }
    return passage.isBlocked() ? 0 : passage.passes() ? ALLOWED : NOT_KNOWN;
  }

  private static int toProtocol(String text, IpAddress remote) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "tcp" -> Protocol.TCP;
      case "udp" -> Protocol.UDP;
      case "icmp" -> remote.isIpv4() ? Protocol.ICMP : Protocol.ICMP_V6;
      default -> {
        if (text.matches("[0-9]{1,3}") && Integer.parseInt(text) <= MOST_PROTOCOL) {
          yield Integer.parseInt(text);
        }
        throw new IllegalArgumentException(
            "--protocol: expected tcp, udp, icmp or 0 to 255, got \"" + text + "\"");
      }
    };
  }

  private static int toPort(@Nullable String text, int protocol) {
    if (!Protocol.hasPorts(protocol)) {
      if (text != null) {
        throw new IllegalArgumentException(
            "PORT: expected none for %s, got \"%s\"".formatted(Protocol.nameOf(protocol), text));
      }
      return -1;
    }
    if (text != null && text.matches("[0-9]{1,5}") && Integer.parseInt(text) <= MOST_PORT) {
      return Integer.parseInt(text);
    }
    throw new IllegalArgumentException(
        "PORT: expected 0 to 65535, got %s".formatted(text == null ? "none" : "\"" + text + "\""));
  }

  private int explain(List<String> words, ParseResult options, BlockFinder finder) {
    Settings settings = SettingOptions.of(options);
    RejectedFlows flows;
    try (Interruption interruption = Interruption.watch()) {
      flows = RejectedFlows.read(words, in, err, interruption, settings, clock);
    }
    if (flows.byRejection().isEmpty()) {
      return flows.isUnreadable()
          ? Flowbell.UNREADABLE
          : fail("expected rejected flows, or notifications that have a sample; found none");
    }
    List<WhyAnswer> answers = new ArrayList<>();
    for (Map.Entry<Rejection, Long> each : flows.byRejection().entrySet()) {
      if (answers.size() < MOST_FLOWS) {
        answers.add(new WhyAnswer(each.getKey(), each.getValue(), finder.find(each.getKey())));
      }
    }
    answers.stream()
        .flatMap(each -> each.blocker().failures().stream())
        .map(Ec2Exception::getMessage)
        .distinct()
        .forEach(failure -> err.println("flowbell: " + failure));
    int left = flows.byRejection().size() - answers.size();
    switch (options.matchedOptionValue("--output", Output.TEXT)) {
      case TEXT -> new WhyText(out, regionOf(options)).print(answers, left);
      case JSON -> WhyJson.print(answers, left, regionOf(options), out);
    }
    int exitCode = exitCode(answers);
    return flows.isUnreadable() || (exitCode == ALLOWED && left > 0) ? NOT_KNOWN : exitCode;
  }

  /// Something unknown is worse than something allowed, because nobody knows.
  private static int exitCode(List<WhyAnswer> answers) {
    if (answers.stream().anyMatch(each -> each.blocker().kind() == Blocker.Kind.UNKNOWN)) {
      return NOT_KNOWN;
    }
    return answers.stream().allMatch(each -> each.blocker().kind() == Blocker.Kind.ALLOWED_NOW)
        ? ALLOWED
        : 0;
  }

  /// Commands to copy name the Region that was asked for: the reader's shell may have another one.
  private static @Nullable String regionOf(ParseResult options) {
    return options.matchedOptionValue("--region", null);
  }

  private int fail(String message) {
    err.println("flowbell: " + message.replace('\n', ' '));
    return NOT_KNOWN;
  }

  /// What the answer is for.
  private enum Output {
    TEXT,
    JSON
  }
}
