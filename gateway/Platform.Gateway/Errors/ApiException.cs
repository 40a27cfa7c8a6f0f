namespace Platform.Gateway.Errors;

/// <summary>Ends a request with an error that was decided on and is not logged: a caller's mistake or a known refusal.</summary>
internal sealed class ApiException(ApiError error) : Exception(error.Message)
{
    public ApiError Error { get; } = error;

    public static ApiException Invalid(string message, string? parameter = null, string? code = null) =>
        new(ApiError.Invalid(message, parameter, code));
}
