package io.longcat4j.cli;

import io.longcat4j.cli.ranks.RankOptions;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** Options of a command under headings: its own first, then those that it shares with others. */
final class GroupedHelp {
  private static final Map<Class<?>, String> HEADINGS = headings();

  private GroupedHelp() {}

  private static Map<Class<?>, String> headings() {
    Map<Class<?>, String> headings = new LinkedHashMap<>();
    headings.put(StructureOptions.class, "What the reply has to be:");
    headings.put(GenerationOptions.class, "How the reply is chosen:");
    headings.put(ModelOptions.class, "How the model is opened:");
    headings.put(WeightOptions.class, "Where its weights are:");
    headings.put(GpuOptions.class, "GPUs:");
    headings.put(RankOptions.class, "Over many processes or hosts:");
    return headings;
  }

  /** Arranges the help of a command and of those below it. */
  static void arrange(CommandLine command) {
    command
        .getHelpSectionMap()
        .put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, GroupedHelp::optionList);
    command.getSubcommands().values().forEach(GroupedHelp::arrange);
  }

  private static String optionList(Help help) {
    Map<String, List<OptionSpec>> shared = new LinkedHashMap<>();
    HEADINGS.values().forEach(heading -> shared.put(heading, new ArrayList<>()));
    List<OptionSpec> own = new ArrayList<>();
    for (OptionSpec option : help.commandSpec().options()) {
      if (!option.hidden()) {
        String heading = heading(option);
        (heading.isEmpty() ? own : shared.getOrDefault(heading, own)).add(option);
      }
    }
    if (own.size() == help.commandSpec().options().size()) {
      return help.optionList();
    }
    StringBuilder text = new StringBuilder(table(help, own));
    shared.forEach(
        (heading, options) -> {
          if (!options.isEmpty()) {
            text.append(String.format("%n%s%n", heading)).append(table(help, options));
          }
        });
    return text.toString();
  }

  private static String heading(OptionSpec option) {
    return option.userObject() instanceof Field field
        ? HEADINGS.getOrDefault(field.getDeclaringClass().getNestHost(), "")
        : "";
  }

  private static String table(Help help, List<OptionSpec> options) {
    Help.Layout layout = help.createDefaultLayout();
    layout.addOptions(options, help.createDefaultParamLabelRenderer());
    return layout.toString();
  }
}
