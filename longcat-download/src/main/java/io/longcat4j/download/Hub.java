package io.longcat4j.download;

import java.util.Locale;

/** Where repositories lie, and what its settings are called in the environment. */
public enum Hub {
  /**
   * Hugging Face and whatever speaks its protocol. {@code HF_ENDPOINT} names another address,
   * {@code HF_TOKEN} is the token.
   */
  HUGGING_FACE("https://huggingface.co", "main", "HF_ENDPOINT", "HF_TOKEN"),

  /**
   * ModelScope. {@code MODELSCOPE_ENDPOINT} names another address, {@code MODELSCOPE_API_TOKEN} is
   * the token.
   */
  MODEL_SCOPE("https://modelscope.cn", "master", "MODELSCOPE_ENDPOINT", "MODELSCOPE_API_TOKEN");

  private final String address;
  private final String revision;
  private final String endpointVariable;
  private final String tokenVariable;

  Hub(String address, String revision, String endpointVariable, String tokenVariable) {
    this.address = address;
    this.revision = revision;
    this.endpointVariable = endpointVariable;
    this.tokenVariable = tokenVariable;
  }

  /** Where it is, unless somebody names another address. */
  String address() {
    return address;
  }

  /** The branch that is meant where none is named. */
  String revision() {
    return revision;
  }

  String endpointVariable() {
    return endpointVariable;
  }

  String tokenVariable() {
    return tokenVariable;
  }

  /** The name in lower case without separators, as {@code huggingface}. */
  @Override
  public String toString() {
    return name().replace("_", "").toLowerCase(Locale.ROOT);
  }
}
