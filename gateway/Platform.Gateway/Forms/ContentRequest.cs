using Platform.Text.Grammar;

namespace Platform.Gateway.Forms;

/// <summary>What a request says about the form of content.</summary>
/// <param name="Form">The form.</param>
/// <param name="Source">The schema or the expression.</param>
/// <param name="Field">The field that says so, for messages.</param>
internal sealed record ContentRequest(ContentForm Form, string Source, string Field)
{
    public static ContentRequest Free { get; } = new(ContentForm.Free, "", "");
}
