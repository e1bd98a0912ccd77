package dev.flowbell.aws;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/// An element of a service's XML, with the elements in it. Attributes, namespaces, and text beside
/// elements are dropped: the answers of EC2 and S3 say nothing with them.
///
/// What is not asked for is ignored, because services add new elements over the years. The methods
/// that throw say where in the answer something else was expected: `subnetSet/item[2]/cidrBlock`.
public final class XmlElement {
  /// EC2's answers have 10 levels at most, S3's 4.
  private static final int MOST_LEVELS = 32;

  private static final int LONGEST_VALUE = 60;

  private final String name;
  private final @Nullable XmlElement parent;
  private List<XmlElement> children = List.of(); // one object less for each leaf
  private String text = "";

  private XmlElement(String name, @Nullable XmlElement parent) {
    this.name = name;
    this.parent = parent;
  }

  /// Reads a document.
  ///
  /// @throws XMLStreamException if the body is not XML, has a document type, or is nested deeper
  ///   than any answer of EC2 and S3
  public static XmlElement parse(String body) throws XMLStreamException {
    XMLStreamReader xml = reader(body);
    xml.nextTag(); // refuses a document type
    XmlElement root = new XmlElement(xml.getLocalName(), null);
    XmlElement current = root;
    int levels = 1;
    StringBuilder text = new StringBuilder(); // of the element that began last
    while (xml.hasNext()) {
      switch (xml.next()) {
        case XMLStreamConstants.START_ELEMENT -> {
          if (++levels > MOST_LEVELS) {
            throw new XMLStreamException(
                "expected at most " + MOST_LEVELS + " levels of elements", xml.getLocation());
          }
          current = current.add(xml.getLocalName());
          text.setLength(0);
        }
        case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA -> text.append(xml.getText());
        case XMLStreamConstants.END_ELEMENT -> {
          levels--;
          if (current.children.isEmpty()) {
            current.text = text.toString();
          }
          text.setLength(0);
          current = current.parent == null ? current : current.parent;
        }
        default -> {} // comments, processing instructions
      }
    }
    return root;
  }

  /// Makes a reader that refuses document types. No service sends one, and without them the body
  /// can't define entities that read files, connect to hosts, or expand without end.
  private static XMLStreamReader reader(String body) throws XMLStreamException {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_COALESCING, true);
    return factory.createXMLStreamReader(new StringReader(body));
  }

  private XmlElement add(String childName) {
    if (children.isEmpty()) {
      children = new ArrayList<>();
    }
    XmlElement child = new XmlElement(childName, this);
    children.add(child);
    return child;
  }

  /// Returns the element's name, without its namespace.
  public String name() {
    return name;
  }

  /// Returns the first element of a name in this one, `null` if there is none.
  public @Nullable XmlElement find(String childName) {
    for (XmlElement child : children) {
      if (child.name.equals(childName)) {
        return child;
      }
    }
    return null;
  }

  /// Returns the first element of a name at any level below this one, `null` if there is none.
  public @Nullable XmlElement findBelow(String descendantName) {
    for (XmlElement child : children) {
      XmlElement found =
          child.name.equals(descendantName) ? child : child.findBelow(descendantName);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  /// Returns all elements of a name in this one.
  public List<XmlElement> findAll(String childName) {
    return children.stream().filter(child -> child.name.equals(childName)).toList();
  }

  /// Returns the items of a set in this element. EC2 omits some sets where they are empty.
  public List<XmlElement> items(String set) {
    XmlElement found = find(set);
    return found == null ? List.of() : found.findAll("item");
  }

  /// Returns this element's own text, empty where it has elements.
  public String text() {
    return text;
  }

  /// Returns an element's text, `null` where there is no such element or it is empty.
  public @Nullable String findText(String childName) {
    XmlElement found = find(childName);
    return found == null || found.text.isEmpty() ? null : found.text;
  }

  /// Returns an element's text, empty where there is no such element.
  public String text(String childName) {
    XmlElement found = find(childName);
    return found == null ? "" : found.text;
  }

  /// Returns the text of an element that this one always has.
  public String requireText(String childName) throws XMLStreamException {
    String found = findText(childName);
    if (found == null) {
      throw failure(
          ": ",
          "expected "
              + ("aeiou".indexOf(childName.charAt(0)) < 0 ? "a " : "an ")
              + childName
              + " in each "
              + name);
    }
    return found;
  }

  /// Makes the failure to read an element of this one.
  ///
  /// @param expected such as `seconds`
  public XMLStreamException malformed(String childName, String expected) {
    String value = text(childName);
    String shown =
        value.length() > LONGEST_VALUE ? value.substring(0, LONGEST_VALUE) + "..." : value;
    return failure("/", "%s: expected %s, got \"%s\"".formatted(childName, expected, shown));
  }

  /// Makes a failure here.
  ///
  /// @param separator what is between the path and the rest of the message
  private XMLStreamException failure(String separator, String why) {
    String path = path();
    return new XMLStreamException(path.isEmpty() ? why : path + separator + why);
  }

  /// Returns the way from the root to this element, without the root. Items have numbers from 1.
  private String path() {
    if (parent == null) {
      return "";
    }
    String above = parent.path();
    String step = name.equals("item") ? name + "[" + number() + "]" : name;
    return above.isEmpty() ? step : above + "/" + step;
  }

  private int number() {
    int number = 0;
    for (XmlElement sibling : parent == null ? List.of(this) : parent.children) {
      number += sibling.name.equals(name) ? 1 : 0;
      if (sibling == this) {
        break;
      }
    }
    return number;
  }
}
