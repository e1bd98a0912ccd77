package dev.flowbell.cli;

import dev.flowbell.s3.S3Client;
import dev.flowbell.s3.S3Object;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The objects that `s3://BUCKET/PREFIX` names: the one with this key, else all whose keys begin
/// with it, as far as they have an ending of [InputFile#ENDINGS].
///
/// @param objects the objects that are read, in the order of their keys
/// @param others the objects that are not, because of their endings
record BucketFolder(List<S3Object> objects, List<S3Object> others) {
  private static final Pattern ADDRESS = Pattern.compile("s3://([A-Za-z0-9._-]+)(?:/(.*))?");

  /// Lists the objects.
  ///
  /// @throws IOException if the name has another form, or S3 doesn't list them
  static BucketFolder of(String name, S3Client s3) throws IOException {
    Matcher address = ADDRESS.matcher(name);
    if (!address.matches()) {
      throw new IOException(name + ": expected s3://BUCKET/PREFIX");
    }
    String prefix = address.group(2) == null ? "" : address.group(2);
    BucketFolder folder = new BucketFolder(new ArrayList<>(), new ArrayList<>());
    for (S3Object object : s3.list(address.group(1), prefix)) {
      if (object.key().equals(prefix)) { // it comes first
        return new BucketFolder(List.of(object), List.of());
      }
      if (InputFile.hasKnownEnding(object.key())) {
        folder.objects.add(object);
      } else if (!object.key().endsWith("/")) { // what consoles show as an empty folder
        folder.others.add(object);
      }
    }
    return folder;
  }
}
