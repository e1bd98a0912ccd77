package dev.flowbell.cli;

import dev.flowbell.backtest.Backtest;
import dev.flowbell.backtest.Change;
import dev.flowbell.backtest.Comparison;
import dev.flowbell.backtest.Mail;
import dev.flowbell.backtest.SilentRejects;
import dev.flowbell.backtest.Span;
import dev.flowbell.backtest.Trial;
import dev.flowbell.judge.Alert;
import dev.flowbell.judge.Severity;
import dev.flowbell.notify.AlertWords;
import dev.flowbell.pipeline.JsonOutput;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/// A backtest's report as one JSON object. The schema is in `docs/backtest.schema.json`.
final class BacktestJson {
  /// The name of the schema. It changes when a key goes away or changes its meaning.
  static final String SCHEMA = "flowbell-backtest-1";

  private final Backtest backtest;
  private final JsonGenerator json;

  private BacktestJson(Backtest backtest, JsonGenerator json) {
    this.backtest = backtest;
    this.json = json;
  }

  /// Prints the report.
  ///
  /// @param selection which records were read, as the command line says it; empty for all
  static void print(
      Backtest backtest, BacktestSettings settings, String selection, PrintStream out) {
    try (JsonGenerator json = JsonOutput.to(out)) {
      new BacktestJson(backtest, json).write(settings, selection);
    }
    out.println();
  }

  private void write(BacktestSettings settings, String selection) {
    json.writeStartObject();
    json.writeStringProperty("schema", SCHEMA);
    writeSpan(backtest.span());
    json.writeNumberProperty("records", backtest.records());
    json.writeStringProperty("selection", selection);
    writeText("stack", settings.stack());
    json.writeObjectPropertyStart("settings");
    settings.changed().forEach(json::writeStringProperty);
    json.writeEndObject();
    if (backtest.target() == null) {
      json.writeNullProperty("target");
    } else {
      json.writeNumberProperty("target", backtest.target());
    }
    json.writeBooleanProperty("isAboveTarget", backtest.isAboveTarget());
    writeCounts(backtest.now());
    json.writeArrayPropertyStart("mails");
    backtest.now().mails().forEach(this::writeMail);
    json.writeEndArray();
    json.writeArrayPropertyStart("causes");
    backtest.now().causes().forEach(this::writeCause);
    json.writeEndArray();
    json.writeArrayPropertyStart("quieted");
    for (Alert alert : backtest.now().quieted()) {
      json.writeRawValue(AlertWords.json(alert));
    }
    json.writeEndArray();
    json.writeArrayPropertyStart("neverRang");
    backtest.silent().forEach(this::writeSilent);
    json.writeEndArray();
    json.writeArrayPropertyStart("comparisons");
    backtest.comparisons().forEach(this::writeComparison);
    json.writeEndArray();
    Backtest.Advice advice = backtest.advice();
    writeComparison("adviceSetting", advice == null ? null : advice.change());
    writeComparison("adviceQuiet", advice == null ? null : advice.quiet());
    json.writeEndObject();
  }

  private void writeSpan(Span span) {
    json.writeStringProperty("first", span.first().toString());
    json.writeStringProperty("last", span.last().toString());
    json.writeNumberProperty("days", rounded(span.days()));
    json.writeArrayPropertyStart("gaps");
    for (Span.Gap gap : span.gaps()) {
      json.writeStartObject();
      json.writeStringProperty("from", gap.from().toString());
      json.writeStringProperty("until", gap.until().toString());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void writeCounts(Trial trial) {
    json.writeNumberProperty("mailsPerDay", rounded(backtest.mailsADay(trial)));
    json.writeObjectPropertyStart("counts");
    json.writeNumberProperty("mails", trial.mails().size());
    for (Severity severity : Severity.values()) {
      json.writeNumberProperty(severity.key(), trial.count(severity));
    }
    json.writeNumberProperty("digests", trial.digests());
    json.writeNumberProperty("heldBack", trial.held().size());
    json.writeEndObject();
  }

  private void writeMail(Mail mail) {
    json.writeStartObject();
    writeHead(mail);
    json.writeStringProperty("text", mail.message().text());
    json.writeArrayPropertyStart("alerts");
    mail.message().alerts().forEach(json::writeRawValue);
    json.writeEndArray();
    json.writeEndObject();
  }

  private void writeHead(Mail mail) {
    json.writeStringProperty("at", mail.at().toString());
    json.writeStringProperty("severity", mail.message().severity().key());
    json.writeStringProperty("subject", mail.message().subject());
    json.writeBooleanProperty("isDigest", mail.message().isDigest());
  }

  private void writeCause(Trial.Cause cause) {
    json.writeStartObject();
    writeAlert(cause.alert(), cause.severity());
    json.writeNumberProperty("mails", cause.mails());
    json.writeNumberProperty("episodes", cause.episodes());
    json.writeStringProperty("since", cause.alert().since().toString());
    json.writeStringProperty("until", cause.last().toString());
    json.writeStringProperty("quietEntry", AlertWords.quietEntry(cause.alert()));
    json.writeEndObject();
  }

  private void writeAlert(Alert alert, Severity severity) {
    json.writeStringProperty("key", alert.key());
    json.writeStringProperty("rule", alert.rule().key());
    json.writeStringProperty("severity", severity.key());
    json.writeStringProperty("headline", AlertWords.headline(alert));
  }

  private void writeSilent(SilentRejects silent) {
    json.writeStartObject();
    json.writeStringProperty(
        "kind", silent.kind().name().toLowerCase(Locale.ROOT).replace('_', '-'));
    json.writeStringProperty("who", silent.who());
    json.writeNumberProperty("rejects", silent.records());
    json.writeNumberProperty("busiestHour", silent.busiestHour());
    json.writeNumberProperty("sources", silent.sources());
    json.writeNumberProperty("hosts", silent.hosts());
    json.writeNumberProperty("ports", silent.ports());
    json.writeBooleanProperty("isAtLeast", silent.isAtLeast());
    json.writeEndObject();
  }

  private void writeComparison(String name, @Nullable Comparison comparison) {
    json.writeName(name);
    if (comparison == null) {
      json.writeNull();
    } else {
      writeComparison(comparison);
    }
  }

  private void writeComparison(Comparison comparison) {
    Change change = comparison.change();
    json.writeStartObject();
    json.writeStringProperty("name", change.name());
    json.writeStringProperty("value", change.value());
    json.writeStringProperty("setting", change.setting());
    json.writeStringProperty("settingValue", change.settingValue());
    writeCounts(comparison.trial());
    json.writeArrayPropertyStart("mails");
    for (Mail mail : comparison.trial().mails()) {
      json.writeStartObject();
      writeHead(mail);
      json.writeEndObject();
    }
    json.writeEndArray();
    writeEpisodes("lost", comparison.difference().lost());
    writeEpisodes("onlyInDigest", comparison.difference().late());
    writeEpisodes("added", comparison.difference().gained());
    json.writeEndObject();
  }

  private void writeEpisodes(String name, List<Trial.Episode> episodes) {
    json.writeArrayPropertyStart(name);
    for (Trial.Episode episode : episodes) {
      json.writeStartObject();
      writeAlert(episode.alert(), episode.severity());
      json.writeStringProperty("since", episode.alert().since().toString());
      json.writeStringProperty("until", episode.last().toString());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void writeText(String name, @Nullable String text) {
    if (text == null) {
      json.writeNullProperty(name);
    } else {
      json.writeStringProperty(name, text);
    }
  }

  private static double rounded(double number) {
    return Math.round(number * 1_000) / 1_000.0;
  }
}
