namespace Platform.Text.Output;

/// <summary>The tags of the output format. None is the beginning of another.</summary>
internal static class Tags
{
    public const string ThinkStart = "<think>";
    public const string ThinkEnd = "</think>";
    public const string CallStart = "<tool_call>";
    public const string CallEnd = "</tool_call>";
    public const string FunctionStart = "<function=";
    public const string FunctionEnd = "</function>";
    public const string ParameterStart = "<parameter=";
    public const string ParameterEnd = "</parameter>";

    /// <summary>What must follow a call's opening.</summary>
    public static readonly string[] AfterCallStart = [FunctionStart];

    /// <summary>What lets a closing tag inside a value count as the value's end; the end of the text does too.</summary>
    public static readonly string[] AfterParameterEnd = [ParameterStart, FunctionEnd, CallEnd];

    public static readonly string[] AfterFunctionEnd = [CallEnd, CallStart];

    public static readonly string[] AfterCallEnd = [CallStart];

    public static readonly string[] InValue = [ParameterEnd, FunctionEnd, CallEnd];

    public static readonly string[] InValueAtLineStart = [ParameterEnd, FunctionEnd, CallEnd, ParameterStart];

    public static readonly string[] InCall = [ParameterStart, FunctionEnd, CallEnd, CallStart];

    public static readonly string[] InCallAtLineStart = [ParameterStart, FunctionEnd, CallEnd, CallStart, FunctionStart];
}
