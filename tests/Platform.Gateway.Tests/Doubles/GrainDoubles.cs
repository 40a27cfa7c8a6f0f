using System.Reflection;
using Platform.Grains;

namespace Platform.Gateway.Tests.Doubles;

/// <summary>Hands out the doubles where the gateway asks for grains. A proxy, since the factory has a dozen ways that nothing here takes.</summary>
public class GrainDoubles : DispatchProxy
{
    private ScriptedResponses _responses = null!;
    private ModelList _models = null!;

    public static IGrainFactory Create(ScriptedResponses responses, ModelList models)
    {
        var factory = Create<IGrainFactory, GrainDoubles>();
        var self = (GrainDoubles)(object)factory;
        self._responses = responses;
        self._models = models;
        return factory;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        var grain = targetMethod!.GetGenericArguments().SingleOrDefault();
        if (grain == typeof(IResponseGrain))
            return _responses.Grain((string)args![0]!);
        return grain == typeof(IModelDirectoryGrain)
            ? _models
            : throw new InvalidOperationException($"The gateway asked for {targetMethod}, which these doubles do not know.");
    }
}
