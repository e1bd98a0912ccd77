package dev.flowbell.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.TimeUnit;
import javax.xml.stream.XMLStreamException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class XmlElementTest {
  private static final int MOST_BYTES = 8 << 20; // the client reads no more

  @Test
  void parse_texts() throws XMLStreamException {
    XmlElement root =
        XmlElement.parse(
            """
            <?xml version="1.0"?><!-- a -->
            <r xmlns="urn:x" a="1">stray
              <one>a<!-- b -->b&amp;<![CDATA[<c>]]>&#x2F;</one>
              <empty/>
              <two>1</two>beside<two>2</two>
              <set><item>x</item><other>y</other><item><one>deep</one></item></set>
            </r>
            """);

    assertThat(root.name()).isEqualTo("r");
    assertThat(root.text()).isEmpty();
    assertThat(root.findText("one")).isEqualTo("ab&<c>/");
    assertThat(root.findText("empty")).isNull();
    assertThat(root.text("empty")).isEmpty();
    assertThat(root.findText("none")).isNull();
    assertThat(root.text("none")).isEmpty();
    assertThat(root.findText("two")).isEqualTo("1");
    assertThat(root.findAll("two")).extracting(XmlElement::text).containsExactly("1", "2");
    assertThat(root.text("set")).isEmpty();
    assertThat(root.items("set")).hasSize(2).element(0).returns("x", XmlElement::text);
    assertThat(root.items("none")).isEmpty();
    assertThat(root.findBelow("other")).returns("y", XmlElement::text);
    assertThat(root.findBelow("none")).isNull();
    assertThat(root.items("set").get(1).malformed("one", "a number"))
        .hasMessage("set/item[2]/one: expected a number, got \"deep\"");
    assertThat(root.malformed("one", "a number"))
        .hasMessage("one: expected a number, got \"ab&<c>/\"");
    assertThatThrownBy(() -> root.requireText("empty")).hasMessage("expected an empty in each r");
  }

  @Test
  void malformed_shortensTheValue() throws XMLStreamException {
    XmlElement root = XmlElement.parse("<r><a>" + "x".repeat(1_000) + "</a></r>");

    assertThat(root.malformed("a", "a number"))
        .hasMessage("a: expected a number, got \"" + "x".repeat(60) + "...\"");
  }

  /// Each of these would read a file, connect to a host, or expand.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "<!DOCTYPE r><r/>",
        "<!DOCTYPE r SYSTEM \"file:///etc/hostname\"><r/>",
        "<!DOCTYPE r SYSTEM \"http://127.0.0.1:1/a.dtd\"><r/>",
        "<!DOCTYPE r [<!ENTITY a SYSTEM \"file:///etc/hostname\">]><r>&a;</r>",
        "<!DOCTYPE r [<!ENTITY % a SYSTEM \"file:///etc/hostname\">%a;]><r/>",
        "<!DOCTYPE r [<!ENTITY a \"aaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">]><r>&b;&b;</r>"
      })
  void parse_documentType(String body) {
    assertThatThrownBy(() -> XmlElement.parse(body))
        .isInstanceOf(XMLStreamException.class)
        .hasMessageContaining("DTD");
  }

  @Test
  void parse_nested() throws XMLStreamException {
    assertThat(XmlElement.parse("<a>".repeat(32) + "</a>".repeat(32)).name()).isEqualTo("a");
    assertThatThrownBy(() -> XmlElement.parse("<a>".repeat(33) + "</a>".repeat(33)))
        .isInstanceOf(XMLStreamException.class)
        .hasMessageContaining("expected at most 32 levels of elements");
    assertThatThrownBy(() -> XmlElement.parse("<a>".repeat(MOST_BYTES / 3)))
        .isInstanceOf(XMLStreamException.class)
        .hasMessageContaining("expected at most 32 levels of elements");
  }

  /// As many items as an answer can have, texts in a million pieces, one long text. The time is
  /// that of a slow machine; what is quadratic takes hours.
  @Test
  @Timeout(value = 1, unit = TimeUnit.MINUTES)
  void parse_large() throws XMLStreamException {
    int items = MOST_BYTES / "<item/>".length();
    XmlElement many = XmlElement.parse("<r><s>" + "<item/>".repeat(items) + "</s></r>");
    assertThat(many.items("s")).hasSize(items);
    assertThatThrownBy(() -> many.items("s").get(items - 1).requireText("vpcId"))
        .hasMessage("s/item[" + items + "]: expected a vpcId in each item");

    String pieces = "a<!---->".repeat(MOST_BYTES / 8);
    assertThat(XmlElement.parse("<r><s>" + pieces + "</s></r>").text("s"))
        .isEqualTo("a".repeat(MOST_BYTES / 8));

    String text = "b".repeat(MOST_BYTES);
    assertThat(XmlElement.parse("<r><s>" + text + "</s></r>").text("s")).isEqualTo(text);
  }
}
