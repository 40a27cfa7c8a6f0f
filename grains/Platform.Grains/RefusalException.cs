namespace Platform.Grains;

/// <summary>A response cannot start; carries the answer. Stays inside the grain, which returns the answer instead.</summary>
internal sealed class RefusalException(ResponseRefused refusal) : Exception(refusal.Message)
{
    public ResponseRefused Refusal => refusal;
}
