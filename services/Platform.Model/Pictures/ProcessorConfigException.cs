namespace Platform.Model.Pictures;

/// <summary>A checkpoint's picture or video settings that cannot be used: the key, the value found, the rule, the cure.</summary>
public sealed class ProcessorConfigException(string message, Exception? cause = null) : Exception(message, cause);
