module application {
  requires io.longcat4j;
  // LongCat4J's jars are automatic modules: they see every module, but bring none that has a descriptor.
  requires org.slf4j;
  requires org.yaml.snakeyaml;
  requires org.bytedeco.javacpp;
  requires com.fasterxml.jackson.databind;
}
