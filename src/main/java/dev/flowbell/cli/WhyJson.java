package dev.flowbell.cli;

import dev.flowbell.ec2.Decision;
import dev.flowbell.ec2.Passage;
import dev.flowbell.ec2.Rejection;
import dev.flowbell.notify.BlockerJson;
import dev.flowbell.notify.BlockerWords;
import dev.flowbell.pipeline.JsonOutput;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/// What `flowbell why` prints for programs. `docs/why.schema.json` describes it.
final class WhyJson {
  private static final String SCHEMA = "flowbell-why-1";

  private WhyJson() {}

  /// Prints whether a flow and its answer would pass.
  static void print(Passage passage, @Nullable String region, PrintStream out) {
    List<String> text = new ArrayList<>();
    List<String> commands = new ArrayList<>();
    for (Decision decision : passage.decisions()) {
      text.addAll(BlockerWords.sentences(decision));
      commands.addAll(BlockerWords.commands(decision, region));
    }
    if (!passage.isBlocked()) {
      text.addAll(WhyText.whysUnknown(passage));
    }
    try (JsonGenerator json = JsonOutput.to(out)) {
      json.writeStartObject();
      json.writeStringProperty("schema", SCHEMA);
      json.writeArrayPropertyStart("flows");
      json.writeStartObject();
      json.writeNullProperty("record");
      json.writeStringProperty(
          "verdict", passage.isBlocked() ? "blocked" : passage.passes() ? "allowed" : "unknown");
      writeTexts("text", text, json);
      writeTexts("commands", commands, json);
      json.writeStringProperty("lookedAt", passage.lookedAt().toString());
      BlockerJson.writeParty("networkInterface", passage.own(), json);
      BlockerJson.writeParty("remoteInterface", passage.remote(), json);
      json.writeNullProperty("blockedBy");
      json.writeArrayPropertyStart("decisions");
      passage.decisions().forEach(each -> BlockerJson.write(each, json));
      json.writeEndArray();
      json.writeEndObject();
      json.writeEndArray();
      json.writeNumberProperty("notAsked", 0);
      json.writeEndObject();
    }
    out.println();
  }

  /// Prints what blocks rejected flows.
  ///
  /// @param left how many more flows there are, about which nobody asked
  static void print(List<WhyAnswer> answers, int left, @Nullable String region, PrintStream out) {
    try (JsonGenerator json = JsonOutput.to(out)) {
      json.writeStartObject();
      json.writeStringProperty("schema", SCHEMA);
      json.writeArrayPropertyStart("flows");
      answers.forEach(each -> write(each, region, json));
      json.writeEndArray();
      json.writeNumberProperty("notAsked", left);
      json.writeEndObject();
    }
    out.println();
  }

  private static void write(WhyAnswer answer, @Nullable String region, JsonGenerator json) {
    json.writeStartObject();
    write(answer.rejection(), answer.records(), json);
    json.writeStringProperty("verdict", answer.verdict());
    writeTexts("text", BlockerWords.sentences(answer.blocker()), json);
    writeTexts("commands", BlockerWords.commands(answer.blocker(), region), json);
    json.writeStringProperty("lookedAt", answer.blocker().lookedAt().toString());
    BlockerJson.writeParty("networkInterface", answer.blocker().own(), json);
    BlockerJson.writeParty("remoteInterface", answer.blocker().remote(), json);
    json.writeName("blockedBy");
    BlockerJson.write(answer.blocker(), json);
    json.writeArrayPropertyStart("decisions");
    Decision decision = answer.blocker().decision();
    if (decision != null) {
      BlockerJson.write(decision, json);
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void write(Rejection rejection, long records, JsonGenerator json) {
    json.writeObjectPropertyStart("record");
    writeText("interfaceId", rejection.interfaceId(), json);
    writeText(
        "flowDirection", rejection.direction() == null ? null : rejection.direction().key(), json);
    json.writeNumberProperty("protocol", rejection.protocol());
    json.writeStringProperty("srcaddr", rejection.source().toString());
    writeText(
        "pktSrcaddr",
        rejection.originalSource() == null ? null : rejection.originalSource().toString(),
        json);
    json.writeStringProperty("dstaddr", rejection.destination().toString());
    json.writeNumberProperty("dstport", rejection.port());
    json.writeNumberProperty("records", records);
    json.writeEndObject();
  }

  private static void writeText(String key, @Nullable String text, JsonGenerator json) {
    if (text == null) {
      json.writeNullProperty(key);
    } else {
      json.writeStringProperty(key, text);
    }
  }

  private static void writeTexts(String key, List<String> texts, JsonGenerator json) {
    json.writeArrayPropertyStart(key);
    texts.forEach(json::writeString);
    json.writeEndArray();
  }
}
