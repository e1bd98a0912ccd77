package dev.flowbell.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.record.AddressBlocks;
import dev.flowbell.record.FlowField;
import dev.flowbell.record.ParseFault;
import dev.flowbell.testing.Json;
import dev.flowbell.testing.JsonSchema;
import dev.flowbell.testing.generator.Records;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Tests the forms of a report for programs, and what they hide.
class ReportFormsTest {
  private static final Path SCHEMA = Path.of("docs", "report.schema.json");
  private static final Instant NOW = Instant.parse("2026-11-28T10:00:00Z");

  // 10.0.3.17 behind 10.0.9.9 tries a database, and reaches another one; a scanner of the internet.
  private static final List<String> RECORDS =
      List.of(
          "interface-id=eni-0aaaabbbbccccdddd account-id=123456789012 srcaddr=10.0.9.9"
              + " pkt-srcaddr=10.0.3.17 dstaddr=10.0.0.5 srcport=40000 dstport=5432 protocol=6"
              + " packets=2 bytes=120 start=1795342440 end=1795342499 action=REJECT tcp-flags=2",
          "interface-id=eni-0aaaabbbbccccdddd account-id=123456789012 srcaddr=10.0.9.9"
              + " pkt-srcaddr=10.0.3.17 dstaddr=10.0.0.6 srcport=40001 dstport=5432 protocol=6"
              + " packets=20 bytes=9000 start=1795342440 end=1795342499 action=ACCEPT tcp-flags=3",
          "interface-id==cmd account-id=123456789012 srcaddr=198.51.100.7 dstaddr=10.0.0.5"
              + " srcport=40000 dstport=22 protocol=6 packets=1 bytes=40 start=1795346040"
              + " end=1795346099 action=REJECT tcp-flags=2",
          "interface-id=eni-0aaaabbbbccccdddd account-id=123456789012 srcaddr=2001:db8:1::7"
              + " dstaddr=2001:db8:2::5 srcport=443 dstport=40000 protocol=6 packets=1 bytes=40"
              + " start=1795346040 end=1795346099 action=REJECT tcp-flags=4");

  @Test
  void json_fitsTheSchema() throws IOException {
    assertThat(JsonSchema.read(SCHEMA).errorsIn(Json.parseObject(jsonOf(report(RECORDS)))))
        .isEmpty();
    assertThat(JsonSchema.read(SCHEMA).errorsIn(Json.parseObject(jsonOf(report(List.of())))))
        .isEmpty();
  }

  @Test
  void json_values() {
    Map<String, @Nullable Object> json = Json.parseObject(jsonOf(report(RECORDS)));

    assertThat(Json.objectAt(json, "totals"))
        .containsEntry("records", 4L)
        .containsEntry("accepted", 1L)
        .containsEntry("rejected", 3L)
        .containsEntry("handshakes", 2L)
        .containsEntry("strays", 1L)
        .containsEntry("masked", 1L);
    Map<String, @Nullable Object> source = Json.objectsAt(json, "sources").getFirst();
    assertThat(source)
        .containsEntry("source", "10.0.3.17")
        .containsEntry("isInside", true)
        .containsEntry("rejects", 1L)
        .containsEntry("maskedBy", List.of("10.0.9.9"))
        .containsEntry("first", "2026-11-22T10:14:00Z");
    assertThat(Json.objectsAt(Json.objectAt(source, "gotThrough"), "largest").getFirst())
        .isEqualTo(
            Map.of(
                "destination",
                "10.0.0.6",
                "port",
                5432L,
                "protocol",
                6L,
                "flows",
                1L,
                "bytes",
                9000L));
  }

  /// What the fields can't show is null.
  @Test
  void json_fieldsThatAreMissing() {
    Report report =
        report(
            List.of("srcaddr=198.51.100.7 dstaddr=10.0.0.5 action=REJECT"),
            EnumSet.of(FlowField.SRCADDR, FlowField.DSTADDR, FlowField.ACTION));
    Map<String, @Nullable Object> json = Json.parseObject(jsonOf(report));

    assertThat(Json.objectAt(json, "totals"))
        .containsEntry("rejected", 1L)
        .containsEntry("accepted", null)
        .containsEntry("rejectedBytes", null)
        .containsEntry("handshakes", null)
        .containsEntry("masked", null);
    assertThat(Json.objectsAt(json, "sources").getFirst())
        .containsEntry("hosts", 1L)
        .containsEntry("ports", null)
        .containsEntry("interfaces", null)
        .containsEntry("gotThrough", null)
        .containsEntry("first", null);
  }

  @Test
  void table_rows() {
    assertThat(printed(new ReportTable(report(RECORDS))::print))
        .isEqualTo(
            """
            kind,key,rejects,noise,handshakes,accepted,sources,hosts,ports,interfaces,inside,scope,manner,first,last,masked_by
            source,10.0.3.17,1,0,1,1,,1,1,1,true,private,other,2026-11-22T10:14:00Z,2026-11-22T10:14:59Z,10.0.9.9
            source,198.51.100.7,1,0,1,0,,1,1,1,false,public,other,2026-11-22T11:14:00Z,2026-11-22T11:14:59Z,
            source,2001:db8:1::7,1,1,0,0,,1,1,1,false,public,noise,2026-11-22T11:14:00Z,2026-11-22T11:14:59Z,
            target,10.0.0.5:22,1,,,,1,,,,,,,,,
            target,10.0.0.5:5432,1,,,,1,,,,,,,,,
            target,[2001:db8:2::5]:40000,1,,,,1,,,,,,,,,
            port,22/tcp,1,,,,1,,,,,,,,,
            port,5432/tcp,1,,,,1,,,,,,,,,
            port,40000/tcp,1,,,,1,,,,,,,,,
            nat_device,10.0.9.9,1,,,,1,,,,,,,,,
            interface,eni-0aaaabbbbccccdddd,2,,,,,,,,,,,,,
            interface,'=cmd,1,,,,,,,,,,,,,
            account,123456789012,3,,,,,,,,,,,,,
            hour,2026-11-22T10:00:00Z,1,0,,1,,,,,,,,,,
            hour,2026-11-22T11:00:00Z,2,1,,0,,,,,,,,,,
            """
                .replace("\n", "\r\n"));
  }

  /// Nothing of the original is in any form.
  @Test
  void redaction_hidesAddressesAndIds() {
    Report redacted = Redaction.of(report(RECORDS));

    String forms = jsonOf(redacted) + printed(new ReportTable(redacted)::print) + redacted;
    for (String original :
        List.of(
            "10.0.3.17",
            "10.0.9.9",
            "10.0.0.5",
            "10.0.0.6",
            "198.51.100.7",
            "2001:db8:1",
            "2001:db8:2",
            "0aaaabbbbccccdddd",
            "123456789012",
            "=cmd",
            "secret")) {
      assertThat(forms).doesNotContain(original);
    }
    assertThat(redacted.sources().getFirst().address()).hasToString("10.0.0.1");
    assertThat(redacted.alerts().getFirst().subject())
        .isEqualTo("[Flowbell HIGH] INSIDE 10.0.0.1 tries port 5432 at 25 hosts");
    assertThat(redacted.targets().get(1).rejects()).isEqualTo(1);
    assertThat(redacted.totals()).isEqualTo(report(RECORDS).totals());
    assertThat(redacted.sources().getFirst().detail()).isNotNull();
  }

  private static String jsonOf(Report report) {
    return printed(new ReportJson(report)::print);
  }

  private static String printed(Consumer<PrintStream> form) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, true, UTF_8);
    form.accept(out);
    return bytes.toString(UTF_8);
  }

  private static Report report(List<String> records) {
    return report(records, EnumSet.allOf(FlowField.class));
  }

  private static Report report(List<String> records, Set<FlowField> fields) {
    TrafficSums sums = new TrafficSums(AddressBlocks.parse("10.0.0.0/8"), NOW, true);
    RecordSums part = sums.newPart();
    records.forEach(each -> part.add(Records.of(each)));
    return ReportBuilder.build(
        new Origin(
            "1.0", List.of("report", "secret.log"), "--source 10.0.3.17", NOW, "ab".repeat(32)),
        new Inputs(
            1,
            List.of("secret.gz: damaged"),
            Map.of(ParseFault.NOT_A_DECIMAL, 3L),
            Set.of("secret-column"),
            fields,
            false),
        sums,
        List.of(
            new Told(
                NOW,
                "HIGH",
                "[Flowbell HIGH] INSIDE 10.0.3.17 tries port 5432 at 25 hosts",
                null)));
  }
}
