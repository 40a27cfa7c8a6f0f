namespace Platform.Kernels.Emitted;

/// <summary>A function made of emitted code. It takes one pointer, to the record of its operands, in the first argument register.</summary>
internal sealed unsafe class EmittedFunction : IDisposable
{
    private readonly ExecutableMemory _memory;
    private readonly delegate* unmanaged<void*, void> _entry;

    private EmittedFunction(ExecutableMemory memory)
    {
        _memory = memory;
        _entry = (delegate* unmanaged<void*, void>)memory.Start;
    }

    /// <summary>Places what the assembler holds, or gives null where the host forbids it.</summary>
    public static EmittedFunction? TryCreate(Assembler code, ExecutableMemory.Protection? protection = null) =>
        ExecutableMemory.TryPlace(code.ToCode(), protection) is { } memory ? new EmittedFunction(memory) : null;

    /// <summary>Calls it. Any number of threads may.</summary>
    /// <param name="operands">The record the code expects; must stay where it is until the call returns.</param>
    public void Call(void* operands)
    {
        _entry(operands);
        // The pages must outlive the call, even when nobody else holds this object any more.
        GC.KeepAlive(_memory);
    }

    /// <summary>Calls it with a record in managed memory, pinned for the call.</summary>
    public void Call<T>(Span<T> operands)
        where T : unmanaged
    {
        fixed (T* start = operands)
            Call(start);
    }

    public void Dispose() => _memory.Dispose();
}
