package dev.flowbell.ec2;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flowbell.aws.AwsService;
import dev.flowbell.aws.HttpClients;
import dev.flowbell.aws.ResponseTooLargeException;
import dev.flowbell.aws.RetryPause;
import dev.flowbell.aws.SignedEndpoint;
import dev.flowbell.aws.XmlElement;
import dev.flowbell.record.AddressBlock;
import dev.flowbell.record.IpAddress;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import javax.xml.stream.XMLStreamException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.regions.Region;

/// A client for the operations of [Ec2Operation]. It does not use the SDK's EC2 module: see
/// `docs/RATIONALE.md`.
///
/// EC2 uses its query protocol: the request is a form, the response is XML. Each method reads all
/// pages, and retries while EC2 throttles or fails.
///
/// Time limits are those of [TimeLimits]. If EC2 can't be reached, for example from a VPC without a
/// route to it, a method gives up after the longest connect and does not retry.
///
/// No request has `MaxResults`: EC2 refuses it beside ids, and without it returns all items, or
/// pages of its own choice.
///
/// @see <a href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Query-Requests.html">Query
///   requests</a>
public final class Ec2Client implements RuleSource, FlowLogSource, AutoCloseable {
  private static final int MOST_ATTEMPTS = 3;

  /// A described flow log takes about 1 KB, and a page holds at most 1,000. A security group with
  /// 1,000 rules takes 300 KB.
  private static final int MOST_PAGE_BYTES = 8 << 20;

  private static final int MOST_PAGES = 20;

  /// The most values that a filter of one request may have.
  ///
  /// @see <a href="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html">List
  ///   and filter</a>
  private static final int MOST_FILTER_VALUES = 200;

  /// How many ids a message names.
  private static final int MOST_NAMED = 3;

  private static final int LONGEST_TEXT = 300;

  /// What every id of EC2 is, and no wildcard of a filter.
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9-]+");

  private static final Map<String, String> HEADERS =
      Map.of("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");

  /// The time limits of each call of a method.
  ///
  /// @param longestConnect the longest time to connect
  /// @param longestRead the longest time to wait for bytes of a response
  /// @param lastRequest the time after which the client neither retries nor requests another page
  record TimeLimits(Duration longestConnect, Duration longestRead, Duration lastRequest) {
    /// For start-up, because Lambda allows 10 s for the whole of it. If EC2 is slow and throttles,
    /// a call takes 8 s at most: a request begins within the first 3 s, and takes 5 s with its
    /// response.
    static final TimeLimits START_UP =
        new TimeLimits(Duration.ofSeconds(2), Duration.ofSeconds(3), Duration.ofSeconds(3));

    /// For what an alert can do without. A call takes 5 s at most.
    static final TimeLimits QUICK =
        new TimeLimits(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(2));
  }

  private final SdkHttpClient http;
  private final SignedEndpoint endpoint;
  private final Duration lastRequest;

  Ec2Client(Region region, AwsCredentialsProvider credentials, TimeLimits limits) {
    lastRequest = limits.lastRequest();
    http = HttpClients.newClient(limits.longestConnect(), limits.longestRead(), MOST_PAGE_BYTES);
    endpoint = new SignedEndpoint(AwsService.EC2, region, credentials, http);
  }

  /// Makes a client for the SDK's default Region, with the SDK's default credentials.
  ///
  /// @throws SdkException if no Region is set
  public static Ec2Client create() {
    return create(SignedEndpoint.defaultRegion());
  }

  /// Makes a client for a Region, with the SDK's default credentials. A call takes 8 s at most.
  public static Ec2Client create(Region region) {
    return new Ec2Client(region, SignedEndpoint.defaultCredentials(), TimeLimits.START_UP);
  }

  /// Makes a client for the SDK's default Region, with the SDK's default credentials, that gives up
  /// sooner: a call takes 5 s at most, and 1 s if EC2 can't be reached.
  ///
  /// @throws SdkException if no Region is set
  public static Ec2Client createQuick() {
    return new Ec2Client(
        SignedEndpoint.defaultRegion(), SignedEndpoint.defaultCredentials(), TimeLimits.QUICK);
  }

  @Override
  public List<FlowLog> describe(String logGroup) {
    return ask(
        new Ec2Query(Ec2Operation.DESCRIBE_FLOW_LOGS, "log group " + logGroup)
            .filter("log-group-name", List.of(logGroup)),
        Ec2Items::flowLog);
  }

  @Override
  public @Nullable NetworkInterface networkInterface(String id) {
    return askForOne(
        new Ec2Query(Ec2Operation.DESCRIBE_NETWORK_INTERFACES, "network interface " + id)
            .with("NetworkInterfaceId.1", id),
        Ec2Items::networkInterface);
  }

  @Override
  public List<NetworkInterface> networkInterfacesAt(IpAddress address) {
    return ask(
        new Ec2Query(Ec2Operation.DESCRIBE_NETWORK_INTERFACES, "network interfaces at " + address)
            .filter(
                address.isIpv4() ? "addresses.private-ip-address" : "ipv6-addresses.ipv6-address",
                List.of(address.toString())),
        Ec2Items::networkInterface);
  }

  @Override
  public List<SecurityGroup> securityGroups(Collection<String> ids) {
    List<SecurityGroup> groups = new ArrayList<>();
    for (List<String> some : portions(ids)) {
      groups.addAll(
          ask(
              new Ec2Query(
                      Ec2Operation.DESCRIBE_SECURITY_GROUPS, "security groups " + toWords(some))
                  .filter("group-id", some), // a missing GroupId.N is an error for all
              Ec2Items::securityGroup));
    }
    return List.copyOf(groups);
  }

  @Override
  public @Nullable NetworkAcl networkAclOf(String subnetId) {
    if (!isId(subnetId)) {
      return null;
    }
    return askForOne(
        new Ec2Query(Ec2Operation.DESCRIBE_NETWORK_ACLS, "network ACL of subnet " + subnetId)
            .filter("association.subnet-id", List.of(subnetId)),
        Ec2Items::networkAcl);
  }

  @Override
  public @Nullable Subnet subnet(String id) {
    return askForOne(
        new Ec2Query(Ec2Operation.DESCRIBE_SUBNETS, "subnet " + id).with("SubnetId.1", id),
        Ec2Items::subnet);
  }

  @Override
  public @Nullable PrefixList prefixList(String id) {
    PrefixList list =
        askForOne(
            new Ec2Query(Ec2Operation.DESCRIBE_MANAGED_PREFIX_LISTS, "prefix list " + id)
                .with("PrefixListId.1", id),
            Ec2Items::prefixList);
    if (list == null) {
      return null;
    }
    List<AddressBlock> blocks;
    try {
      blocks =
          ask(
              new Ec2Query(
                      Ec2Operation.GET_MANAGED_PREFIX_LIST_ENTRIES, "entries of prefix list " + id)
                  .with("PrefixListId", id),
              Ec2Items::prefixListEntry);
    } catch (Ec2Exception e) {
      if (e.isNotFound()) { // deleted since
        return null;
      }
      throw e;
    }
    return new PrefixList(list.id(), list.name(), list.version(), blocks);
  }

  @Override
  public List<Vpc> vpcs() {
    return ask(new Ec2Query(Ec2Operation.DESCRIBE_VPCS, "all VPCs"), Ec2Items::vpc);
  }

  @Override
  public Map<String, String> names(Collection<String> ids) {
    Map<String, String> names = new LinkedHashMap<>();
    for (List<String> some : portions(ids)) {
      List<Map.Entry<String, String>> tags =
          ask(
              new Ec2Query(Ec2Operation.DESCRIBE_TAGS, "names of " + toWords(some))
                  .filter("resource-id", some)
                  .filter("key", List.of("Name")),
              Ec2Items::tag);
      for (Map.Entry<String, String> tag : tags) {
        if (!tag.getValue().isEmpty()) {
          names.put(tag.getKey(), tag.getValue());
        }
      }
    }
    return names;
  }

  @Override
  public void close() {
    http.close();
  }

  /// Returns the ids in as many lists as there are to be requests. None of them is empty: without a
  /// value, a filter is refused or passes everything. What can't be an id is left out, because the
  /// wildcard `*` would find everything too.
  private static List<List<String>> portions(Collection<String> ids) {
    List<String> valid = ids.stream().filter(Ec2Client::isId).distinct().toList();
    List<List<String>> portions = new ArrayList<>();
    for (int start = 0; start < valid.size(); start += MOST_FILTER_VALUES) {
      portions.add(valid.subList(start, Math.min(start + MOST_FILTER_VALUES, valid.size())));
    }
    return portions;
  }

  private static boolean isId(String text) {
    return ID.matcher(text).matches();
  }

  private static String toWords(List<String> ids) {
    return ids.size() <= MOST_NAMED
        ? String.join(", ", ids)
        : String.join(", ", ids.subList(0, MOST_NAMED))
            + " and "
            + (ids.size() - MOST_NAMED)
            + " more";
  }

  /// Reads an item of a response.
  private interface ItemReader<T> {
    T read(XmlElement item) throws XMLStreamException;
  }

  /// One page of EC2's response.
  ///
  /// @param nextToken requests the next page; `null` on the last page
  private record Page<T>(List<T> items, @Nullable String nextToken) {}

  /// An error that EC2 returned.
  ///
  /// @param code such as `UnauthorizedOperation`
  private record Refusal(String code, String message) {}

  /// Returns the first item, `null` if there is none or EC2 says that there is no such id.
  private <T> @Nullable T askForOne(Ec2Query query, ItemReader<T> reader) {
    try {
      List<T> items = ask(query, reader);
      return items.isEmpty() ? null : items.getFirst();
    } catch (Ec2Exception e) {
      if (e.isNotFound()) {
        return null;
      }
      throw e;
    }
  }

  private <T> List<T> ask(Ec2Query query, ItemReader<T> reader) {
    long start = System.nanoTime();
    List<T> items = new ArrayList<>();
    String nextToken = null;
    for (int page = 1; ; page++) {
      Page<T> response = requestPage(query, nextToken, reader, start);
      items.addAll(response.items());
      nextToken = response.nextToken();
      if (nextToken == null) {
        return List.copyOf(items);
      }
      if (page == MOST_PAGES || isLastRequestBefore(Duration.ZERO, start)) {
        throw failure(
            query, "expected a last page by now, got " + page + " with more to come", null);
      }
    }
  }

  /// Requests one page, and retries while EC2 throttles or fails.
  private <T> Page<T> requestPage(
      Ec2Query query, @Nullable String nextToken, ItemReader<T> reader, long start) {
    byte[] form = query.toForm(nextToken).getBytes(UTF_8);
    for (int attempt = 1; ; attempt++) {
      SignedEndpoint.Response response = send(query, form);
      String body = new String(response.body(), UTF_8);
      if (response.isSuccessful()) {
        return parse(query, body, reader);
      }
      Refusal refusal = findRefusal(body);
      Duration pause = RetryPause.after(attempt);
      if (!isBusy(response.status(), refusal)
          || attempt == MOST_ATTEMPTS
          || isLastRequestBefore(pause, start)) {
        throw refused(query, response.status(), refusal);
      }
      pause(query, pause);
    }
  }

  private SignedEndpoint.Response send(Ec2Query query, byte[] form) {
    try {
      return endpoint.post(HEADERS, form);
    } catch (ResponseTooLargeException e) {
      throw failure(query, String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw failure(query, endpoint.uri() + ": " + e.getMessage(), e);
    }
  }

  private static <T> Page<T> parse(Ec2Query query, String body, ItemReader<T> reader) {
    try {
      XmlElement response = XmlElement.parse(body);
      String expected = query.operation().action() + "Response";
      if (!response.name().equals(expected)) {
        throw new XMLStreamException("expected " + expected + ", got " + response.name());
      }
      String set = query.operation().set();
      if (response.find(set) == null) {
        throw new XMLStreamException("expected a " + set);
      }
      List<T> items = new ArrayList<>();
      for (XmlElement item : response.items(set)) {
        items.add(reader.read(item));
      }
      return new Page<>(items, response.findText("nextToken"));
    } catch (XMLStreamException e) {
      throw failure(
          query,
          "expected %s's XML, got: %s".formatted(query.operation().action(), e.getMessage()),
          e);
    }
  }

  /// Reads the first error in `<Response><Errors><Error>`.
  ///
  /// @return `null` if there is none, for example in a proxy's response
  private static @Nullable Refusal findRefusal(String body) {
    try {
      XmlElement response = XmlElement.parse(body);
      XmlElement code = response.findBelow("Code");
      XmlElement message = response.findBelow("Message");
      return code == null ? null : new Refusal(code.text(), message == null ? "" : message.text());
    } catch (XMLStreamException _) {
      return null; // for example a load balancer's HTML
    }
  }

  /// Returns whether EC2 throttled the request or failed, so that a retry may succeed.
  ///
  /// @see <a href="https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html">Request
  ///   throttling for the Amazon EC2 API</a>
  private static boolean isBusy(int status, @Nullable Refusal refusal) {
    return status >= 500
        || status == 429
        || (refusal != null && Ec2Exception.isThrottling(refusal.code()));
  }

  private static void pause(Ec2Query query, Duration pause) {
    try {
      Thread.sleep(pause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failure(query, "interrupted", e);
    }
  }

  /// Returns whether a request after a pause would begin too late.
  private boolean isLastRequestBefore(Duration pause, long start) {
    return System.nanoTime() - start + pause.toNanos() >= lastRequest.toNanos();
  }

  private static Ec2Exception refused(Ec2Query query, int status, @Nullable Refusal refusal) {
    String why = refusal == null ? "no reason given" : refusal.code() + ": " + refusal.message();
    return new Ec2Exception(
        query.operation(),
        message(query, "status " + status + ", " + why),
        refusal == null ? null : refusal.code(),
        null);
  }

  private static Ec2Exception failure(Ec2Query query, String why, @Nullable Throwable cause) {
    return new Ec2Exception(query.operation(), message(query, why), null, cause);
  }

  /// Returns the message, shortened: EC2 adds hundreds of characters of encoded details to some
  /// errors.
  private static String message(Ec2Query query, String why) {
    String line = why.replace('\n', ' ');
    return "EC2 "
        + query.operation().action()
        + ", "
        + query.asked()
        + ": "
        + (line.length() > LONGEST_TEXT ? line.substring(0, LONGEST_TEXT) + "..." : line);
  }
}
