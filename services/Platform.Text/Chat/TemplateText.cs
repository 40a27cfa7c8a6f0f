namespace Platform.Text.Chat;

/// <summary>The fixed texts of the templates. Every character is part of the format the models were trained on.</summary>
internal static class TemplateText
{
    public const string TurnStart = "<|im_start|>";
    public const string TurnEnd = "<|im_end|>\n";
    public const string SystemTurn = TurnStart + "system\n";
    public const string UserTurn = TurnStart + "user\n";
    public const string AssistantTurn = TurnStart + "assistant\n";
    public const string ToolTurn = TurnStart + "user";

    public const string ThinkStart = "<think>";
    public const string ThinkEnd = "</think>";
    public const string ThinkOpened = "<think>\n";
    public const string ThinkClosed = "\n</think>\n\n";

    public const string ToolResponseStart = "<tool_response>";
    public const string ToolResponseEnd = "</tool_response>";

    public const string VisionStart = "<|vision_start|>";
    public const string VisionEnd = "<|vision_end|>";
    public const string ImagePad = "<|image_pad|>";
    public const string VideoPad = "<|video_pad|>";

    public const string ToolsHeading = "# Tools\n\nYou have access to the following functions:\n\n<tools>";

    public const string ToolsFormat =
        "\n</tools>\n\n"
        + "If you choose to call a function ONLY reply in the following format with NO suffix:\n\n"
        + "<tool_call>\n<function=example_function_name>\n<parameter=example_parameter_1>\nvalue_1\n</parameter>\n"
        + "<parameter=example_parameter_2>\nThis is the value for the second parameter\nthat can span\nmultiple lines\n</parameter>\n"
        + "</function>\n</tool_call>\n\n"
        + "<IMPORTANT>\nReminder:\n"
        + "- Function calls MUST follow the specified format: an inner <function=...></function> block must be nested within "
        + "<tool_call></tool_call> XML tags\n"
        + "- Required parameters MUST be specified\n"
        + "- You may provide optional reasoning for your function call in natural language BEFORE the function call, but NOT after\n"
        + "- If there is no function call available, answer the question like normal with your current knowledge and do not tell "
        + "the user about function calls\n</IMPORTANT>";
}
