using System.Reflection;
using System.Reflection.Emit;

namespace PerfTrace.Kernel;

/// <summary>Members of classes that are made while running.</summary>
internal static class GeneratedMembers
{
    /// <summary>What generated classes inherit, protected members too.</summary>
    public const BindingFlags Instance = BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public;

    private const MethodAttributes Getter = MethodAttributes.HideBySig | MethodAttributes.SpecialName;

    /// <summary>A property that can be read.</summary>
    /// <param name="type">The class.</param>
    /// <param name="name">The property.</param>
    /// <param name="result">Its type.</param>
    /// <param name="body">Writes what leaves its value on the stack.</param>
    public static void DefineGetter(this TypeBuilder type, string name, Type result, Action<ILGenerator> body)
    {
        MethodBuilder getter = WriteGetter(type, name, MethodAttributes.Public, result, body);
        type.DefineProperty(name, PropertyAttributes.None, result, null).SetGetMethod(getter);
    }

    /// <summary>An inherited protected property.</summary>
    public static void OverrideGetter(this TypeBuilder type, string name, Type result, Action<ILGenerator> body) =>
        type.DefineMethodOverride(WriteGetter(type, name, MethodAttributes.Family | MethodAttributes.Virtual, result, body), type.BaseType!.GetProperty(name, Instance)!.GetMethod!);

    /// <summary>The static method Create, which calls the constructor: a delegate of it is what the class is made objects by.</summary>
    public static void DefineFactory(this TypeBuilder type, ConstructorBuilder constructor, params Type[] arguments)
    {
        ILGenerator il = type.DefineMethod("Create", MethodAttributes.Public | MethodAttributes.Static, type.BaseType, arguments).GetILGenerator();
        for (int i = 0; i < arguments.Length; i++)
            il.Emit(OpCodes.Ldarg, (short)i);
        il.Emit(OpCodes.Newobj, constructor);
        il.Emit(OpCodes.Ret);
    }

    /// <summary>Replaces an address on the stack, which need not be aligned, by the integer that lies there.</summary>
    public static void EmitLoad(this ILGenerator il, Type type)
    {
        il.Emit(OpCodes.Unaligned, (byte)1);
        switch (Type.GetTypeCode(type))
        {
            case TypeCode.Boolean:
                // Whatever the kernel stores, true is 1 in .NET.
                il.Emit(OpCodes.Ldind_U1);
                il.Emit(OpCodes.Ldc_I4_0);
                il.Emit(OpCodes.Cgt_Un);
                break;
            case TypeCode.SByte: il.Emit(OpCodes.Ldind_I1); break;
            case TypeCode.Byte: il.Emit(OpCodes.Ldind_U1); break;
            case TypeCode.Int16: il.Emit(OpCodes.Ldind_I2); break;
            case TypeCode.UInt16: il.Emit(OpCodes.Ldind_U2); break;
            case TypeCode.Int32: il.Emit(OpCodes.Ldind_I4); break;
            case TypeCode.UInt32: il.Emit(OpCodes.Ldind_U4); break;
            default: il.Emit(OpCodes.Ldind_I8); break;
        }
    }

    private static MethodBuilder WriteGetter(TypeBuilder type, string name, MethodAttributes access, Type result, Action<ILGenerator> body)
    {
        MethodBuilder method = type.DefineMethod($"get_{name}", access | Getter, result, Type.EmptyTypes);
        ILGenerator il = method.GetILGenerator();
        body(il);
        il.Emit(OpCodes.Ret);
        return method;
    }
}
