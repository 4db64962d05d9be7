package io.longcat4j.acceptance;

import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Files that are no media themselves but name some.
 *
 * @param ending of the file's name
 * @param text its content
 */
record Playlist(String ending, String text) {
  private static final Pattern EACH =
      Pattern.compile("== (\\w+)\n(.*?)(?=== |\\z)", Pattern.DOTALL);

  private static final String ALL =
      """
      == m3u8
      #EXTM3U
      #EXT-X-TARGETDURATION:9
      #EXTINF:9,
      TARGET
      #EXT-X-ENDLIST
      == m3u8
      #EXTM3U
      #EXT-X-STREAM-INF:BANDWIDTH=1
      TARGET
      == m3u8
      #EXTM3U
      #EXT-X-MAP:URI="TARGET"
      #EXTINF:9,
      TARGET
      == m3u
      TARGET
      == ffconcat
      ffconcat version 1.0
      file 'TARGET'
      == txt
      file 'TARGET'
      == pls
      [playlist]
      NumberOfEntries=1
      File1=TARGET
      == asx
      <asx version="3.0"><entry><ref href="TARGET"/></entry></asx>
      == xspf
      <?xml version="1.0"?><playlist version="1" xmlns="http://xspf.org/ns/0/">
      <trackList><track><location>TARGET</location></track></trackList></playlist>
      == mpd
      <?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"
      mediaPresentationDuration="PT9S"><Period><AdaptationSet mimeType="video/mp4">
      <Representation id="1" bandwidth="1"><BaseURL>TARGET</BaseURL></Representation>
      </AdaptationSet></Period></MPD>
      == ism
      <?xml version="1.0"?><SmoothStreamingMedia MajorVersion="2" Duration="9">
      <StreamIndex Type="video" Url="TARGET"/></SmoothStreamingMedia>
      == sdp
      v=0
      o=- 0 0 IN IP4 127.0.0.1
      s=x
      c=IN IP4 127.0.0.1
      a=control:TARGET
      t=0 0
      m=video 5004 RTP/AVP 96
      a=rtpmap:96 H264/90000
      == imf
      <?xml version="1.0"?><AssetMap xmlns="http://www.smpte-ra.org/schemas/429-9/2007/AM"><AssetList>
      <Asset><ChunkList><Chunk><Path>TARGET</Path></Chunk></ChunkList></Asset></AssetList></AssetMap>
      == svg
      <svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">
      <image xlink:href="TARGET" width="9" height="9"/></svg>
      == xml
      <?xml version="1.0"?><!DOCTYPE x SYSTEM "TARGET"><x/>
      == smil
      <smil><body><video src="TARGET"/></body></smil>
      == edl
      # mpv EDL v0
      TARGET
      """;

  /** One of each kind that names something. */
  static List<Playlist> naming(String target) {
    return EACH.matcher(ALL).results().map(each -> of(each, target)).toList();
  }

  private static Playlist of(MatchResult each, String target) {
    return new Playlist(each.group(1), each.group(2).replace("TARGET", target));
  }
}
